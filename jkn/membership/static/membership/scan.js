// Reads a QR with the camera where the browser can (BarcodeDetector); else the button stays hidden.
const button = document.querySelector("[data-scan]");
const view = document.querySelector("[data-scan-view]");
const field = document.querySelector("[name=asked]");

async function scan() {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  view.srcObject = stream;
  view.hidden = false;
  await view.play();
  const look = async () => {
    const [found] = await detector.detect(view);
    if (!found) return requestAnimationFrame(look);
    stream.getTracks().forEach((track) => track.stop());
    view.hidden = true;
    field.value = found.rawValue;
    field.form.requestSubmit();
  };
  look();
}

if (button && "BarcodeDetector" in window && navigator.mediaDevices) {
  button.hidden = false;
  button.addEventListener("click", () => scan().catch(() => { button.hidden = true; field.focus(); }));
}
