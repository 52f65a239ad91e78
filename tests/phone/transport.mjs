// Owns one phone's HTTP connections and the ways in which a request or its answer gets lost on the wifi.
// Knows nothing of what is in the bodies.
import http from "node:http";
import { gunzipSync } from "node:zlib";

const QUIET_TIMEOUT_MS = 60_000;

/** The network failed: no usable answer came, and the phone cannot tell how far its request got. */
export class ConnectionLost extends Error {}

/** The server answered with a status other than 2xx. */
export class Refused extends Error {
  constructor(method, path, status, text) {
    super(`${method} ${path} -> ${status} ${text.slice(0, 300)}`);
    this.status = status;
  }
}

/** Connections to one server, shared with no other phone. */
export class Transport {
  #agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  #base;
  #authorization;

  constructor(baseUrl, credentials) {
    this.#base = new URL(baseUrl);
    if (credentials) this.#authorization = `Basic ${Buffer.from(credentials.join(":"), "utf8").toString("base64")}`;
  }

  close() {
    this.#agent.destroy();
  }

  /**
   * Send a request and return `{status, text}`, whatever the status.
   * `lose`: "reply" - the request arrives whole, and the connection is cut when the answer begins;
   * "middle" - it is cut inside the answer's body; "request" - it is cut inside the request's body.
   */
  async exchange(method, path, { body, lose } = {}) {
    const payload = body === undefined ? undefined : Buffer.from(body, "utf8");
    try {
      return await this.#attempt(method, path, payload, lose);
    } catch (error) {
      // As a phone's HTTP client does: a kept connection that the server has closed meanwhile is no reason to fail.
      if (error.isStale) return this.#attempt(method, path, payload, lose);
      throw error;
    }
  }

  #headers(payload) {
    const headers = { Accept: "application/json", "Accept-Encoding": "gzip" };
    if (this.#authorization) headers.Authorization = this.#authorization;
    if (payload) Object.assign(headers, { "Content-Type": "application/json", "Content-Length": payload.length });
    return headers;
  }

  #attempt(method, path, payload, lose) {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#base;
      const request = http.request({ hostname, port, method, path, agent: this.#agent, headers: this.#headers(payload) });
      let isOver = false;
      const fail = (reason, isStale = false) => {
        isOver = true;
        request.destroy();
        reject(Object.assign(new ConnectionLost(`${method} ${path.split("?")[0]}: ${reason}`), { isStale }));
      };
      request.setTimeout(QUIET_TIMEOUT_MS, () => fail("no answer in time"));
      request.on("error", (error) => fail(error.code ?? error.message, request.reusedSocket && error.code === "ECONNRESET"));
      request.on("response", (response) => {
        if (lose === "reply") return fail("the reply was lost");
        return readReply(response, lose, fail, (reply) => { if (!isOver) resolve(reply); });
      });
      if (lose === "request") cutRequest(request, payload, fail);
      else request.end(payload);
    });
  }
}

function readReply(response, lose, fail, resolve) {
  const chunks = [];
  response.on("data", (chunk) => {
    chunks.push(chunk);
    if (lose === "middle") fail("the connection broke inside the reply");
  });
  response.on("error", (error) => fail(error.code ?? error.message));
  response.on("end", () => {
    const raw = Buffer.concat(chunks);
    try {
      const plain = response.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
      resolve({ status: response.statusCode, text: plain.toString("utf8") });
    } catch (error) {
      fail(`the reply cannot be unpacked: ${error.message}`);
    }
  });
}

function cutRequest(request, payload, fail) {
  const half = payload.subarray(0, Math.ceil(payload.length / 2));
  request.write(half, () => fail("the connection broke inside the request"));
}
