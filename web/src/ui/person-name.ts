interface Named {
  firstName: string
  lastName: string | null
  preferredName: string | null
}

/** As people are called: the preferred name in place of the first, and the last where there is one. */
export const personName = ({ firstName, lastName, preferredName }: Named): string =>
  [preferredName ?? firstName, lastName].filter(Boolean).join(' ')
