/* "Pakai posisi saya": asked only on a press, rounded to some 100 m, and never kept. */
document.querySelectorAll("[data-near]").forEach(button => {
  if (!navigator.geolocation) return;
  button.hidden = false;
  const say = text => { button.querySelector("span").textContent = text; };
  button.addEventListener("click", () => {
    say(button.dataset.wait);
    button.setAttribute("role", "status");
    navigator.geolocation.getCurrentPosition(
      ({coords}) => location.assign(
        `/faskes/?lat=${coords.latitude.toFixed(3)}&lon=${coords.longitude.toFixed(3)}${button.dataset.near}`),
      () => say(button.dataset.none),
      {timeout: 15000, maximumAge: 300000},
    );
  });
});
