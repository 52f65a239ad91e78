// The first-run page: show the password, and keep what was typed while the language is changed.

import { offerToShow } from "./reveal.mjs";

document.documentElement.classList.add("scripted");

const KEPT = "first-run";
const setup = document.getElementById("setup");
const keptFields = () => [...setup.querySelectorAll("input:not(#password)")];

offerToShow(setup);

document.querySelector(".languages").addEventListener("submit", () => {
  sessionStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(keptFields().map((f) => [f.name, f.value]))));
});

const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
sessionStorage.removeItem(KEPT);
for (const field of keptFields()) field.value ||= kept[field.name] ?? "";
