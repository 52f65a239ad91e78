// The form that connects with the cloud: show the key, and say that the cloud is being asked.

import { offerToShow } from "./reveal.mjs";

document.documentElement.classList.add("scripted");

const form = document.getElementById("connect-form");
const submit = document.getElementById("connect-submit");
const label = submit.textContent;

function setAsking(isAsking) {
  submit.setAttribute("aria-busy", String(isAsking));
  submit.textContent = isAsking ? submit.dataset.busy : label;
}

offerToShow(form);
form.addEventListener("submit", (event) => {
  if (submit.getAttribute("aria-busy") === "true") event.preventDefault();
  else setAsking(true);
});
// Back on this page by the browser's own button: nothing is being asked any more.
addEventListener("pageshow", () => setAsking(false));
