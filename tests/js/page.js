// What scripts ask the browser for, as small as they need it: no page is drawn here.

// A device's own store, empty; gives what is kept there as a Map.
export function keepStorage() {
  const stored = new Map();
  globalThis.localStorage = {
    getItem: (name) => stored.get(name) ?? null,
    setItem: (name, value) => stored.set(name, String(value)),
    removeItem: (name) => stored.delete(name),
  };
  return stored;
}

// Anything that is listened to. `tell` gives when all that listened is done.
export class Listened {
  #listeners = [];

  addEventListener(type, listener) {
    this.#listeners.push([type, listener]);
  }

  tell(type, event = {}) {
    const told = { type, preventDefault: () => (told.defaultPrevented = true), defaultPrevented: false, ...event };
    const heard = this.#listeners.filter(([other]) => other === type).map(([, listener]) => listener(told));
    return Promise.all(heard).then(() => told);
  }
}

class Page extends Listened {
  hidden = false;
  readyState = "complete";
  documentElement = { lang: "nl" };
  fonts = { ready: Promise.resolve() };
  activeElement = null;

  constructor(elements) {
    super();
    this.elements = elements;
  }

  querySelector(selector) {
    return [this.elements[selector] ?? null].flat()[0] ?? null;
  }

  querySelectorAll(selector) {
    return [this.elements[selector] ?? []].flat();
  }

  getElementById(id) {
    return this.querySelector(`#${id}`);
  }

  dispatchEvent({ type }) {
    this.tell(type);
  }
}

// Opens a page at `address`, with its elements by selector. Where the page goes to is noted in `went`.
export function openPage(address, elements = {}) {
  const page = new Page(elements);
  const site = new Listened();
  const went = [];
  const url = new URL(address, "https://festival.example.org");
  globalThis.document = page;
  globalThis.location = Object.assign(url, {
    assign: (to) => went.push(String(to)),
    reload: () => went.push("reload"),
  });
  globalThis.history = {
    state: null,
    replaceState: (state, _title, to) => {
      globalThis.history.state = state;
      if (to) went.push(`replaced by ${to}`);
    },
  };
  globalThis.addEventListener = (type, listener) => site.addEventListener(type, listener);
  setNavigator({});
  return { page, site, went };
}

export function setNavigator(navigator) {
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
}

// What the network gives, made into a page that is known by its text.
export function parsePages(pages) {
  globalThis.DOMParser = class {
    parseFromString(text) {
      return pages[text];
    }
  };
}

let runs = 0;

// Runs a script of ours on the page that is open, as if for the first time.
export function run(script) {
  runs += 1;
  return import(`../../static/js/${script}?run=${runs}`);
}

// Until all that goes on by itself has stopped.
export function settle() {
  return new Promise((done) => setImmediate(done));
}
