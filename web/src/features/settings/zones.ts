/** Runtimes keep names that places have given up: people look for the new ones. */
const NEW_NAMES: Readonly<Record<string, string>> = {
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
}

/** IANA's zones by name, the one that is set among them. */
export const zonesWith = (current: string): string[] =>
  [
    ...new Set([
      current,
      'UTC',
      ...Intl.supportedValuesOf('timeZone').map((zone) => NEW_NAMES[zone] ?? zone),
    ]),
  ].sort()

const LOCALES = [
  'en-IN',
  'hi-IN',
  'bn-IN',
  'gu-IN',
  'kn-IN',
  'ml-IN',
  'mr-IN',
  'pa-IN',
  'ta-IN',
  'te-IN',
  'ur-IN',
  'ar-AE',
  'de-DE',
  'en-AU',
  'en-GB',
  'en-KE',
  'en-NG',
  'en-SG',
  'en-US',
  'en-ZA',
  'es-ES',
  'fr-FR',
  'id-ID',
  'ne-NP',
  'pt-BR',
  'si-LK',
]

/** Regions by their names in the reader's language, the one that is set among them. */
export function localesWith(current: string, language: string) {
  const names = new Intl.DisplayNames(language, { type: 'language', languageDisplay: 'standard' })
  return [...new Set([current, ...LOCALES])]
    .map((value) => ({ value, label: `${names.of(value) ?? value} · ${value}` }))
    .sort((a, b) => a.label.localeCompare(b.label, language))
}
