// Keeps a page true: asks the server part every few seconds what it is really doing.

import { morph } from "./morph.mjs";

const EVERY_MS = 2500;
const QUIET_MS = 4000;
const QUIET_AFTER = 12;
const AFTER_A_MISS_MS = 700;
const PATIENCE_MS = 8000;
const MISSES_BEFORE_SAYING_SO = 2;

/** Watches the server and keeps `live` up to date; `refresh` asks at once, for after an action. */
export class LiveStatus {
  #live;
  #lost;
  #etag;
  #timer = 0;
  #misses = 0;
  #asking = null;
  #unchanged = 0;

  constructor(live, lost) {
    this.#live = live;
    this.#lost = lost;
    this.#etag = live.dataset.etag;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#pause() : this.refresh()));
    // Nobody is there and nothing happens: asking less often spares an old computer. Whoever comes sees it go on.
    for (const sign of ["pointermove", "keydown"]) document.addEventListener(sign, () => (this.#unchanged = 0));
    if (!document.hidden) this.#wait();
  }

  async refresh() {
    clearTimeout(this.#timer);
    this.#asking ??= this.#ask();
    try {
      await this.#asking;
    } finally {
      this.#asking = null;
    }
    if (!document.hidden) this.#wait();
  }

  #wait() {
    clearTimeout(this.#timer);
    const usual = this.#unchanged < QUIET_AFTER ? EVERY_MS : QUIET_MS;
    const isDoubtful = this.#misses > 0 && this.#lost.hidden;
    this.#timer = setTimeout(() => this.refresh(), isDoubtful ? AFTER_A_MISS_MS : usual);
  }

  #pause() {
    clearTimeout(this.#timer);
  }

  async #ask() {
    let reply;
    let markup;
    try {
      reply = await fetch(this.#live.dataset.part, {
        headers: { "If-None-Match": this.#etag, "Accept-Language": document.documentElement.lang },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      markup = await reply.text();
    } catch {
      this.#miss();
      return;
    }
    if (reply.status === 401) this.#showLost("over");
    else if (reply.status === 304) {
      this.#unchanged += 1;
      this.#found();
    } else if (reply.ok) this.#take(reply, markup);
    else this.#miss();
  }

  #take(reply, markup) {
    if (reply.status === 204 || reply.headers.get("Content-Language") !== document.documentElement.lang) {
      location.reload();
      return;
    }
    this.#unchanged = 0;
    this.#etag = reply.headers.get("ETag");
    morph(this.#live, markup);
    this.#found();
  }

  #miss() {
    this.#misses += 1;
    if (this.#misses >= MISSES_BEFORE_SAYING_SO) this.#showLost("lost");
  }

  #showLost(why) {
    const headline = this.#lost.querySelector("#lost-headline");
    headline.textContent = headline.dataset[why];
    this.#lost.querySelector("#lost-detail").hidden = why === "over";
    this.#lost.hidden = false;
    this.#live.inert = true;
    this.#setStateHidden(true);
  }

  #found() {
    this.#misses = 0;
    if (this.#lost.hidden) return;
    this.#lost.hidden = true;
    this.#live.inert = false;
    this.#setStateHidden(false);
  }

  #setStateHidden(isHidden) {
    const state = this.#live.querySelector("#state");
    if (state) state.hidden = isHidden;
  }
}
