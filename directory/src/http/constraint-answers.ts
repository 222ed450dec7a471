import type { ConstraintAnswers } from '@usms/service-kit/db/prisma-errors'
import { conflict } from '@usms/service-kit/errors/app-error'

/** What a client is told when the database refuses: one line a constraint that two requests can race for. */
export const constraintAnswers: ConstraintAnswers = {
  tenant_code_key: () => conflict('code_taken', 'A school has this code already'),
  tenant_subdomain_key: () => conflict('subdomain_taken', 'A school has this subdomain already'),
  operation_unfinished_key: () =>
    conflict('try_again', 'The same was asked for at the same time; try again'),
  owner_user_email_key: () => conflict('email_taken', 'An owner has this e-mail address already'),
}
