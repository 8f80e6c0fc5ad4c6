// A browser as a service worker knows it: a network, caches, and pages that ask.

import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";

export const SITE = "https://festival.example.org";

const full = (address) => new URL(address.url ?? address, SITE).href;

class Cache {
  constructor() {
    this.kept = new Map();
  }

  async match(address) {
    return this.kept.get(full(address))?.clone();
  }

  async put(address, response) {
    this.kept.set(full(address), response);
  }

  async delete(address) {
    return this.kept.delete(full(address));
  }

  async keys() {
    return [...this.kept.keys()].map((url) => ({ url }));
  }
}

class Caches {
  constructor(get) {
    this.get = get;
    this.named = new Map();
  }

  async open(name) {
    if (!this.named.has(name)) this.named.set(name, new Cache());
    const cache = this.named.get(name);
    cache.addAll = async (addresses) => {
      const answers = await Promise.all(addresses.map((address) => this.get(address)));
      if (!answers.every((answer) => answer.ok)) throw new TypeError("not all are there");
      for (const [index, address] of addresses.entries()) await cache.put(address, answers[index]);
    };
    return cache;
  }

  async match(address) {
    for (const cache of this.named.values()) if (cache.kept.has(full(address))) return cache.match(address);
    return undefined;
  }

  async keys() {
    return [...this.named.keys()];
  }

  async delete(name) {
    return this.named.delete(name);
  }
}

// Response.redirect takes an address of the site, as in a browser.
class SiteResponse extends Response {
  static redirect(address, status) {
    return super.redirect(full(address), status);
  }
}

// Starts the service worker in static/js/`script`. `network` holds what each path gives: a text, a
// Response, or a function that makes one; a path that is not in it cannot be reached.
export function startWorker(script, network = {}) {
  const asked = [];
  const listeners = {};
  const waiting = [];
  const get = async (request) => {
    const { pathname, search } = new URL(full(request));
    asked.push(pathname + search);
    const answer = network[pathname + search];
    if (answer === undefined) throw new TypeError("no network");
    if (answer instanceof Function) return answer();
    return answer instanceof Response ? answer.clone() : page(answer);
  };
  const caches = new Caches(get);
  const self = {
    location: new URL(SITE),
    clients: { claim: async () => {} },
    skipWaiting: async () => (worker.isSkipping = true),
    addEventListener: (type, listener) => (listeners[type] = listener),
  };
  const setTimeout = (act, delay) => waiting.push({ act, delay });
  const context = createContext({ self, caches, fetch: get, setTimeout, Response: SiteResponse, Headers, URL });
  runInContext(readFileSync(new URL(`../../static/js/${script}`, import.meta.url), "utf8"), context);

  // Tells the worker of an event; gives its answer when all that it waits for is done.
  async function tell(type, event = {}) {
    const lasting = [];
    let answer;
    listeners[type]({
      ...event,
      waitUntil: (promise) => lasting.push(promise),
      respondWith: (promise) => (answer = promise),
    });
    const response = await answer;
    // What it waits for may make it wait for more.
    for (const promise of lasting) await promise;
    return response;
  }

  const worker = {
    network,
    asked,
    isSkipping: false,
    install: () => tell("install"),
    say: (data) => tell("message", { data }),
    // What a page gets that goes to `address`, or asks for it with mode "cors"; undefined where the
    // worker leaves it to the browser.
    ask: (address, { mode = "navigate", method = "GET" } = {}) =>
      tell("fetch", { request: { url: full(address), mode, method } }),
    // The longest that a page waits for the network passes; gives the milliseconds.
    async losePatience() {
      while (!waiting.length) await new Promise(setImmediate);
      const { act, delay } = waiting.shift();
      act();
      return delay;
    },
    async keep(cache, pages) {
      for (const [address, text] of Object.entries(pages)) {
        await (await caches.open(cache)).put(address, text instanceof Response ? text : page(text));
      }
    },
    // The addresses in a cache, or the names of the caches.
    kept: (cache) => [...(caches.named.get(cache)?.kept.keys() ?? [])].map((url) => url.slice(SITE.length)).sort(),
    caches: () => [...caches.named.keys()],
  };
  return worker;
}

export function page(text, { status = 200, headers = {} } = {}) {
  return new Response(text, { status, headers: { "Content-Type": "text/html; charset=utf-8", ...headers } });
}

// What the browser makes of a page that led to another.
export function redirected(response) {
  return Object.defineProperty(response, "redirected", { value: true });
}

// A network that does not answer and does not fail.
export function silence() {
  return new Promise(() => {});
}
