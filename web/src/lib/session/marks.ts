import { keep } from '../keep.ts'

/** What a session needs of the browser beside its network. */
export interface Browser {
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** Where `online` and `pageshow` are told. */
  page: Pick<Window, 'addEventListener' | 'removeEventListener'> | EventTarget
}

interface Mark {
  isSet(): boolean
  set(): void
  clear(): void
}

/** What outlives the page about a sign-in: never a token, never a name. */
export function createMarks(
  storage: Browser['storage'],
  name: string,
): {
  /** Somebody signed out and the server does not know yet. */
  untold: Mark
  /** Somebody signed in: spares whoever comes to sign in a question that would be answered with 401. */
  signedIn: Mark
} {
  function mark(key: string): Mark {
    // A full storage must not keep anybody from signing out: then this tab alone knows.
    let isKnownHere = false
    return {
      isSet: () => isKnownHere || storage.getItem(key) !== null,
      set() {
        isKnownHere = !keep(storage, key, 'yes')
      },
      clear() {
        isKnownHere = false
        storage.removeItem(key)
      },
    }
  }
  return { untold: mark(`usms:signed-out:${name}`), signedIn: mark(`usms:signed-in:${name}`) }
}
