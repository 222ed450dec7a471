import { Alert, Button, Stack, Text } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Problem, Unreachable } from '#src/lib/http/problem.ts'
import { request } from '#src/lib/http/request.ts'
import { useErrorText } from '#src/ui/error-text.ts'
import { faultOf, toFault } from './new-password.ts'
import { type NewPasswordError, NewPasswordField } from './new-password-field.tsx'

interface AcceptInviteFormProps {
  /** Of the school's API. */
  base: string
  token: string
  onDone: () => void
  /** The token is good for nothing (any more). */
  onUsed: () => void
  /** The school is not there. */
  onGone: () => void
}

/** One field, shown on demand, rather than the same thing typed twice. */
export function AcceptInviteForm({ base, token, onDone, onUsed, onGone }: AcceptInviteFormProps) {
  const { t } = useTranslation('account')
  const { t: auth } = useTranslation('auth')
  const errorText = useErrorText()
  const [error, setError] = useState<NewPasswordError>()
  const [complaint, setComplaint] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const underWay = useRef(false)
  const field = useRef<HTMLInputElement>(null)

  const refuse = (why: NewPasswordError) => {
    setError(why)
    field.current?.focus()
  }
  const send = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (underWay.current) return
    const password = String(new FormData(event.currentTarget).get('password') ?? '')
    const fault: NewPasswordError | null = password === '' ? { key: 'empty' } : faultOf(password)
    if (fault) return refuse(fault)
    underWay.current = true
    setBusy(true)
    setComplaint(undefined)
    try {
      await request('POST', `${base}/auth/accept-invite`, { body: { token, password } })
      onDone()
    } catch (failed) {
      const issue = failed instanceof Problem ? failed.issues[0] : undefined
      if (failed instanceof Problem && failed.code === 'invite_invalid') onUsed()
      else if (failed instanceof Problem && failed.code === 'school_not_found') onGone()
      // A token that cannot be one is no fault of the password's.
      else if (issue?.path === 'token') onUsed()
      else if (issue) refuse(toFault(issue.message) ?? { key: 'said', message: issue.message })
      else if (failed instanceof Unreachable) setComplaint(auth('failure.offline'))
      else setComplaint(errorText(failed))
    } finally {
      underWay.current = false
      setBusy(false)
    }
  }

  return (
    <form noValidate onSubmit={(event) => void send(event)} onInput={() => setError(undefined)}>
      <Stack>
        <NewPasswordField ref={field} name="password" rules={t('password.rules')} error={error} />
        {complaint !== undefined && (
          <Alert color="red" variant="outline" role="alert">
            <Text size="sm">{complaint}</Text>
          </Alert>
        )}
        <Button type="submit" size="md" fullWidth loading={isBusy}>
          {t('invite.submit')}
        </Button>
      </Stack>
    </form>
  )
}
