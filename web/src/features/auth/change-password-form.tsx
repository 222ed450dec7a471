import { Alert, Button, Stack, Text } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Api } from '#src/lib/http/api.ts'
import { Problem } from '#src/lib/http/problem.ts'
import { useErrorText } from '#src/ui/error-text.ts'
import { useChangePassword } from './account.api.ts'
import { faultOf, toFault } from './new-password.ts'
import { type NewPasswordError, NewPasswordField } from './new-password-field.tsx'
import { PasswordField } from './password-field.tsx'

interface ChangePasswordFormProps {
  api: Api
  /** Helps password managers to know whose it is. */
  username: string
  minCharacters: number
  rules: string
  onDone: () => void
}

export function ChangePasswordForm(props: ChangePasswordFormProps) {
  const { api, username, minCharacters, rules, onDone } = props
  const { t } = useTranslation('account')
  const { t: auth } = useTranslation('auth')
  const errorText = useErrorText()
  const change = useChangePassword(api)
  const [currentError, setCurrentError] = useState<string>()
  const [newError, setNewError] = useState<NewPasswordError>()
  const [complaint, setComplaint] = useState<string>()
  const current = useRef<HTMLInputElement>(null)
  const next = useRef<HTMLInputElement>(null)

  const forget = () => {
    setCurrentError(undefined)
    setNewError(undefined)
    setComplaint(undefined)
  }
  const refuseCurrent = (why: string) => {
    setCurrentError(why)
    current.current?.focus()
  }
  const refuseNew = (why: NewPasswordError) => {
    setNewError(why)
    next.current?.focus()
  }
  const explain = (error: unknown) => {
    const issue = error instanceof Problem ? error.issues.find(isAboutNew) : undefined
    if (error instanceof Problem && error.code === 'wrong_password')
      refuseCurrent(t('changePassword.wrong'))
    else if (issue) refuseNew(toFault(issue.message) ?? { key: 'said', message: issue.message })
    else if (error instanceof Problem && error.code === 'try_again')
      setComplaint(t('changePassword.again'))
    else setComplaint(errorText(error))
  }
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (change.isPending) return
    forget()
    const form = event.currentTarget
    const typed = new FormData(form)
    const currentPassword = String(typed.get('currentPassword') ?? '')
    const newPassword = String(typed.get('newPassword') ?? '')
    if (currentPassword === '') return refuseCurrent(auth('failure.required'))
    const fault: NewPasswordError | null =
      newPassword === '' ? { key: 'empty' } : faultOf(newPassword, minCharacters)
    if (fault) return refuseNew(fault)
    if (newPassword === currentPassword)
      return refuseNew({ key: 'said', message: t('changePassword.same') })
    change.mutate(
      { currentPassword, newPassword },
      {
        onSuccess: () => {
          form.reset()
          onDone()
        },
        onError: explain,
      },
    )
  }

  return (
    <form noValidate onSubmit={send} onInput={forget}>
      <Stack>
        <input type="hidden" name="username" autoComplete="username" value={username} readOnly />
        <PasswordField
          ref={current}
          name="currentPassword"
          label={t('changePassword.current')}
          autoComplete="current-password"
          error={currentError}
        />
        <NewPasswordField ref={next} name="newPassword" rules={rules} error={newError} />
        {complaint !== undefined && (
          <Alert color="red" variant="outline" role="alert">
            <Text size="sm">{complaint}</Text>
          </Alert>
        )}
        <Button type="submit" loading={change.isPending} style={{ alignSelf: 'flex-start' }}>
          {t('changePassword.submit')}
        </Button>
      </Stack>
    </form>
  )
}

const isAboutNew = ({ path }: { path: string }) => path === 'newPassword'
