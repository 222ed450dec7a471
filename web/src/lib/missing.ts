/** A component stands outside of what it needs: our mistake, never the user's. */
export class Missing extends Error {
  constructor(what: string) {
    super(`There is no ${what} around this component`)
  }
}
