import { Paper } from '@mantine/core'
import type { ReactNode } from 'react'
import { LanguageSelect } from '#src/ui/language-select.tsx'
import { ThemeSelect } from '#src/ui/theme-select.tsx'
import classes from './auth-frame.module.css'

/** The pages before the sign-in: one card in the middle, below it what is not about signing in. */
export const AuthFrame = ({ children, foot }: { children: ReactNode; foot?: ReactNode }) => (
  <div className={classes.ground}>
    <main className={classes.middle}>
      <Paper withBorder p={{ base: 'md', xs: 'xl' }}>
        {children}
      </Paper>
    </main>
    <footer className={classes.foot}>
      <LanguageSelect />
      <ThemeSelect />
      {foot}
    </footer>
  </div>
)
