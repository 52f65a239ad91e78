// Trades the launch token in the fragment for a session cookie. The fragment never travels by itself.

async function enter() {
  const token = location.hash.slice(1);
  history.replaceState(null, "", "/open");
  const reply = token
    ? await fetch("/session", { method: "POST", body: new URLSearchParams({ token }) }).catch(() => null)
    : null;
  if (reply?.ok) {
    location.replace("/");
    return;
  }
  document.getElementById("opening").hidden = true;
  document.getElementById("expired").hidden = false;
}

// A newer token may come while this page still shows that the old one has expired.
addEventListener("hashchange", enter);
enter();
