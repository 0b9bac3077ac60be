"""Names for made-up people. None is taken from a list of real persons."""

from __future__ import annotations

_MEN = """
Adi Aditya Agung Agus Ahmad Aji Akbar Akmal Aldi Alfian Ali Amir Andi Andika Anton Anwar Ardi
Ari Arif Arman Asep Aziz Bagas Bagus Bambang Banu Bayu Beni Bima Bowo Budi Cahyo Candra Catur
Dadang Damar Dani Darma Dedi Deni Dian Dimas Dodi Doni Dwi Edi Eko Endang Erik Erwin Fadli
Fahmi Fajar Faisal Farhan Fauzi Febri Ferdi Fikri Galih Gatot Gilang Guntur Hadi Hafiz Hamid
Harun Hasan Hendra Hendri Heri Hidayat Ilham Imam Indra Irfan Irwan Ismail Iwan Jajang Jaka
Joko Kamal Karim Krisna Kurnia Latif Lukman Maman Mansur Marwan Mukti Mulyadi Nanang Nasir
Novan Nugroho Oki Pandu Panji Prasetyo Putra Rahmat Raka Rangga Rendi Restu Reza Rian Ridwan
Rizal Rizki Rudi Rusdi Sabar Saiful Samsul Satria Sigit Slamet Sugeng Surya Syahrul Tarno Taufik
Teguh Tono Topan Tri Ujang Umar Wahid Wahyu Wawan Wisnu Yanto Yoga Yudi Yusuf Zaenal Zaki
"""
_WOMEN = """
Ade Afifah Aida Ainun Aisyah Alya Amalia Amelia Ana Anggi Anggun Anisa Anita Ani Aprilia Arum
Astri Astuti Atik Aulia Ayu Bella Bunga Cantika Cici Citra Dahlia Desi Devi Dewi Diah Diana Dina
Dini Dwiyanti Eka Elis Ella Elok Endah Erna Erni Esti Eva Fani Farah Fatimah Fitri Fitria Gita
Hana Hani Hasna Heni Hesti Ida Iin Ika Imas Indah Indri Inggrid Intan Ira Irma Isti Jamilah
Jihan Juwita Kartika Kasih Khadijah Kiki Kirana Komala Laila Laras Lestari Lia Lilis Lina Linda
Lisa Lulu Maya Mega Meli Mila Mira Mirna Mutia Nabila Nadia Nani Neneng Nia Nina Ningsih Nita
Novi Nur Nurul Puspa Putri Rahayu Rani Ratih Ratna Reni Retno Rika Rini Rina Risma Rosa Rosmiati
Salma Sari Sekar Septi Silvi Siska Siti Sri Sulastri Suci Susi Tati Tia Tika Titin Tuti Ulfa
Umi Vera Vina Wati Wening Widya Winda Wiwik Yanti Yayah Yeni Yulia Yuni Yuyun Zahra Zulaikha
"""
_LAST = """
Abidin Adiputra Aminudin Anggraini Ardiansyah Arifin Asmara Atmaja Aziza Basri Budiman Cahyani
Darmawan Darsono Efendi Fadilah Fauziah Firdaus Firmansyah Gunawan Hakim Halim Handayani Harahap
Hartono Haryanto Hasanah Hermawan Hidayati Ibrahim Iskandar Ismaya Jauhari Jayadi Kartono
Kurniawan Kusnadi Kusuma Kuswara Lesmana Mahendra Mahmud Mardiana Maulana Muharam Mulyana
Munawar Nasution Nurdin Nurhayati Nurjanah Oktaviani Permana Pertiwi Prabowo Pramono Pranata
Pratama Priyono Purnama Purwanto Rahman Rahmawati Ramadhan Rosadi Rustandi Safitri Salim Santoso
Saputra Septiani Setiawan Siregar Subagyo Sudrajat Suharto Sukmana Sulaeman Supardi Supriyadi
Suryadi Suryana Susanto Sutisna Sutrisno Syahputra Syarif Tarigan Triyono Utami Wahyuni Wibowo
Wicaksono Widodo Wijaya Wulandari Yuliana Yulianto Yusnita Zakaria Zulkarnain
"""

MEN = tuple(_MEN.split())
WOMEN = tuple(_WOMEN.split())
LAST = tuple(_LAST.split())
