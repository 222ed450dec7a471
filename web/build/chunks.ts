/**
 * Which packages' code goes together. Left alone the bundler makes a file of every piece that two pages share, nearly two hundred: a page
 * would fetch forty of them, and their names alone would be 5 kB of the first one.
 */

/** What every page needs, the sign-in's among them; `npm run check:web` weighs it. */
const GROUND_PACKAGES =
  /node_modules\/(react|react-dom|scheduler|react-router|i18next|react-i18next|clsx|get-nonce)\//
const GROUND_MANTINE = new RegExp(
  `node_modules/@mantine/core/esm/(core|components/(${[
    'ActionIcon',
    'Alert',
    'Anchor',
    'Box',
    'Button',
    'Center',
    'CloseButton',
    'Combobox/ComboboxChevron',
    'Container',
    'Group',
    'Input',
    'InputBase',
    'Loader',
    'NativeSelect',
    'Paper',
    'PasswordInput',
    'Stack',
    'Text',
    'TextInput',
    'Title',
    'Transition',
    'UnstyledButton',
    'VisuallyHidden',
  ].join('|')}))/`,
)

export const chunkGroups = [
  {
    name: 'ground',
    priority: 2,
    test: (id: string) => GROUND_PACKAGES.test(id) || GROUND_MANTINE.test(id),
  },
  // What the pages behind the sign-in share: fetched once, with the first of them.
  { name: 'portal', priority: 1, test: /node_modules\//, minShareCount: 2 },
]
