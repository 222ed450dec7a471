import '@mantine/core/styles.css'
import { setNonce } from 'get-nonce'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/app.tsx'
import { startI18n } from './lib/i18n/i18n.ts'
import { createSessions } from './lib/session/sessions.ts'
import { readSite, readStyleNonce } from './lib/site.ts'

const site = readSite()
const styleNonce = readStyleNonce()
// For the styles that dialogs put into the page while they keep it from scrolling.
setNonce(styleNonce)
await startI18n()

const root = document.getElementById('root')
if (root)
  createRoot(root).render(
    <StrictMode>
      <App site={site} sessions={createSessions(site)} styleNonce={styleNonce} />
    </StrictMode>,
  )
