/** A case-insensitive "contains" of Prisma that takes `%`, `_` and `\` as the characters they are. */
export const containsText = (text: string) => ({
  contains: text.replaceAll(/[\\%_]/g, String.raw`\$&`),
  mode: 'insensitive' as const,
})
