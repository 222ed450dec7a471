import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const ink: MantineColorsTuple = [
  '#eef2ff',
  '#dbe4ff',
  '#bac8ff',
  '#91a7ff',
  '#748ffc',
  '#4f6bed',
  '#3f57d6',
  '#3448bd',
  '#2b3c9e',
  '#233180',
]

/** Mantine's, but for the shades that buttons are filled with: white on its own cannot be read well enough. */
const red: MantineColorsTuple = [
  '#fff5f5',
  '#ffe3e3',
  '#ffc9c9',
  '#ffa8a8',
  '#ff8787',
  '#fa5252',
  '#c92a2a',
  '#b02525',
  '#962020',
  '#7d1a1a',
]

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 6, dark: 7 },
  colors: { ink, red },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  // Devanagari by the device's own fonts: nothing is downloaded to read a name.
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Devanagari", "Nirmala UI", sans-serif',
  headings: { fontWeight: '650' },
  focusRing: 'auto',
  respectReducedMotion: true,
  components: {
    // In the colour of the frame a title is hard to read; the frame and the icon have it still.
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } },
  },
})

/** Mantine's own greys and reds for text miss the contrast that WCAG 2.2 AA asks for. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    // What cards lie on.
    '--usms-ground': '#f4f5f8',
    '--mantine-color-dimmed': '#495057',
    '--mantine-color-placeholder': '#5c636a',
    '--mantine-color-error': '#c92a2a',
  },
  dark: {
    '--usms-ground': '#1a1b1d',
    '--mantine-color-dimmed': '#b8bcc2',
    '--mantine-color-placeholder': '#a0a5ab',
    '--mantine-color-error': '#ff8787',
  },
})
