// What a technician wrote down and the house has not taken yet: kept on the device until it has.
const NAME = "work";
const STORE = "entries";

let opened = null;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

async function within(mode, work) {
  const store = (await database()).transaction(STORE, mode).objectStore(STORE);
  return new Promise((resolve, reject) => {
    const asked = work(store);
    store.transaction.oncomplete = () => resolve(asked.result);
    store.transaction.onabort = store.transaction.onerror = () => reject(store.transaction.error);
  });
}

// In the order they were made; a device that several people use keeps theirs apart.
export async function entriesOf(user) {
  const all = await within("readonly", (store) => store.getAll());
  return all.filter((entry) => entry.user === user);
}

export const newKey = () =>
  crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

export const put = (entry) => within("readwrite", (store) => store.put(entry));
export const get = (id) => within("readonly", (store) => store.get(id));
export const remove = (id) => within("readwrite", (store) => store.delete(id));
