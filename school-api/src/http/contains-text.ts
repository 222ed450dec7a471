/** An ILIKE pattern for "contains" that takes `%`, `_` and `\` as the characters they are. */
export const likePattern = (text: string) => `%${escapeLike(text)}%`

/** The same as a filter of Prisma, which does not escape. */
export const containsText = (text: string) => ({
  contains: escapeLike(text),
  mode: 'insensitive' as const,
})

const escapeLike = (text: string) => text.replaceAll(/[\\%_]/g, String.raw`\$&`)
