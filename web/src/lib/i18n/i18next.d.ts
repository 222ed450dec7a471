import 'i18next'
import type account from '../../locales/en/account.json'
import type auth from '../../locales/en/auth.json'
import type common from '../../locales/en/common.json'
import type family from '../../locales/en/family.json'
import type owner from '../../locales/en/owner.json'
import type people from '../../locales/en/people.json'
import type planning from '../../locales/en/planning.json'
import type structure from '../../locales/en/structure.json'
import type teacher from '../../locales/en/teacher.json'

// English is what the keys are checked against; `locales.test.ts` holds the other languages to it.
declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: {
      account: typeof account
      auth: typeof auth
      common: typeof common
      family: typeof family
      owner: typeof owner
      people: typeof people
      planning: typeof planning
      structure: typeof structure
      teacher: typeof teacher
    }
  }
}
