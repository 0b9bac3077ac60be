"""The fixed cast of the demo: the first families, one for every way a membership can stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jkn.nonprod.people import (
    NEWCOMERS_FROM,
    DemoFamily,
    DemoPerson,
    Part,
    Relation,
    Role,
    Sex,
    Story,
    family,
)

_F, _M = Sex.FEMALE, Sex.MALE
_HEAD, _SPOUSE, _CHILD = Relation.HEAD, Relation.SPOUSE, Relation.CHILD


def _couple(
    title: str, man: str, woman: str, care_class: str, story: Story, months: int = 0
) -> Role:
    parts = (
        Part(man, 43, _M, _HEAD),
        Part(woman, 40, _F, _SPOUSE),
        Part("Bagas Contoh", 9, _M, _CHILD),
    )
    return Role(title, parts, care_class, story, months)


# Siti, Budi and Wati are the people of the tests, too: keep their places.
CAST: tuple[Role, ...] = (
    Role(
        "Siti: kelas 3, aktif, lunas; Budi anak dewasa pada kartunya",
        (
            Part("Siti Rahmawati", 58, _F, _HEAD),
            Part("Slamet Rahardjo", 61, _M, _SPOUSE),
            Part("Budi Rahardjo", 24, _M, _CHILD),
            Part("Ani Rahardjo", 16, _F, _CHILD),
        ),
        "3",
        Story.PAID,
    ),
    Role(
        "Wati: orang lain, aktif, tagihan bulan ini terbuka",
        (Part("Wati Kusuma", 35, _F, _HEAD), Part("Citra Kusuma", 8, _F, _CHILD)),
        "2",
        Story.OPEN_BILL,
    ),
    _couple("Menunggak 5 bulan", "Joko Susanto", "Sri Wahyuni", "3", Story.SUSPENDED, 5),
    _couple("Menunggak 1 bulan", "Hendra Wijaya", "Maya Lestari", "1", Story.SUSPENDED, 1),
    _couple("Menunggak 30 bulan", "Tono Sutrisno", "Yanti Mulyana", "3", Story.SUSPENDED, 30),
    _couple("Lunas, kelas 1", "Agus Pranata", "Ratna Sari", "1", Story.PAID),
    _couple("Tagihan bulan ini terbuka, kelas 3", "Iwan Kurniawan", "Lilis Permana", "3", Story.OPEN_BILL),
    _couple("PBI JK, dibayar pemerintah pusat", "Ujang Supardi", "Neneng Supardi", "3", Story.PBI),
    _couple("Dibayar pemerintah daerah", "Dadang Hermawan", "Tuti Hermawan", "3", Story.PBI_REGIONAL),
    _couple("Pekerja (PPU)", "Rizki Firmansyah", "Putri Utami", "1", Story.WORKER),
    _couple("Calon peserta, menunggu iuran pertama", "Eko Nugroho", "Dewi Anggraini", "2", Story.CANDIDATE),
    _couple("Pendaftaran hangus", "Bayu Setiawan", "Nia Safitri", "2", Story.LAPSED),
    Role(
        "Kepala keluarga meninggal; istri dan anak aktif",
        (
            Part("Karim Abidin", 71, _M, _HEAD, is_alive=False),
            Part("Umi Abidin", 66, _F, _SPOUSE),
            Part("Laila Abidin", 23, _F, _CHILD),
        ),
        "3",
        Story.PAID,
    ),
    _couple("Dikeluarkan dari daftar PBI", "Samsul Basri", "Ida Basri", "3", Story.REMOVED_PBI),
    _couple("Menunggak 24 bulan", "Yusuf Hakim", "Zahra Hakim", "2", Story.SUSPENDED, 24),
    Role("Sendiri, tagihan terbuka", (Part("Intan Pertiwi", 27, _F, _HEAD),), "1", Story.OPEN_BILL),
    Role(
        "Keluarga besar, lunas",
        (
            Part("Bambang Sudrajat", 49, _M, _HEAD),
            Part("Endah Sudrajat", 46, _F, _SPOUSE),
            *(
                Part(f"{name} Sudrajat", age, _F if age % 2 else _M, _CHILD)
                for name, age in (("Fajar", 22), ("Gita", 19), ("Hana", 15), ("Imam", 10), ("Bima", 0))
            ),
            Part("Sulastri Wibowo", 73, _F, Relation.PARENT),
        ),
        "3",
        Story.PAID,
    ),
    Role(
        "Pekerja (PPU); anak berumur 24 dan 20 tahun, ibu belum ditanggung",
        (
            Part("Gunawan Prasetyo", 52, _M, _HEAD),
            Part("Retno Prasetyo", 50, _F, _SPOUSE),
            Part("Dimas Prasetyo", 24, _M, _CHILD),
            Part("Ayu Prasetyo", 20, _F, _CHILD),
            Part("Wagiyem Prasetyo", 76, _F, Relation.PARENT),
        ),
        "1",
        Story.WORKER,
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpecialPerson:
    """Somebody with whom one way of going wrong is tried; the same for every seed.

    `typed_kk` and `typed_birth_date` are what to type in the form for it.
    """

    household: DemoFamily
    says: str  # what the register does: truth, slow, failing, lying, silent
    story: str
    typed_kk: str
    typed_birth_date: date

    @property
    def person(self) -> DemoPerson:
        """The head, whose NIK is the special one."""
        return self.household.head


_BORN = date(1985, 8, 17)


def _special(
    serial: int, name: str, says: str, story: str, *, kk: str = "", birth_date: date = _BORN
) -> SpecialPerson:
    nik, card = f"327501170885{serial}", f"0009999999{serial % 1000}"
    person = DemoPerson(nik, card, f"{name} Contoh", _BORN, _M, Relation.HEAD)
    household = DemoFamily(
        number=-serial,
        kk=f"327501010120{serial}",
        village="32.75.01.1001",
        phone=f"6280099{serial:06}",
        members=(person,),
        care_class="",
        story=Story.NEWCOMER,
    )
    return SpecialPerson(household, says, story, kk or household.kk, birth_date)


# Serials of the people's own layout end at 9992, so these NIKs belong to nobody else.
SPECIALS: tuple[SpecialPerson, ...] = (
    _special(9993, "Lambat", "slow", "register menjawab setelah 8 detik"),
    _special(9994, "Gagal", "failing", "register menjawab galat 500"),
    _special(9995, "Kacau", "lying", "register menjawab JSON yang rusak"),
    _special(9996, "Diam", "silent", "register memutus sambungan tanpa jawaban"),
    _special(9997, "Lain KK", "truth", "nomor KK ini berbeda", kk="3275010101200001"),
    _special(
        9998, "Lain Lahir", "truth", "tanggal lahir ini berbeda", birth_date=date(1985, 8, 18)
    ),
)
UNKNOWN_NIK = "3275011708859999"


def cast_family(seed: int, number: int) -> DemoFamily:
    """Return a family of the demo: the cast first, then made-up households."""
    return family(seed, number, CAST)


def newcomers(seed: int, count: int = 40) -> list[DemoFamily]:
    """Return families that the register knows and that are no members yet."""
    return [family(seed, NEWCOMERS_FROM + i) for i in range(count)]
