/** `npm start`: everything on this machine. README.md lists the settings. */
import { explain } from './start/explain.ts'
import { type OneMachine, startOnOneMachine } from './start/one-machine.ts'
import { readSettings } from './start/settings.ts'
import { createTerminal, type Terminal } from './start/terminal.ts'

const terminal = createTerminal()
try {
  const settings = readSettings(process.env)
  terminal.say(`USMS, data in ${settings.USMS_DATA_DIR}\n`)
  // A closed terminal window is a Ctrl-C. Without one, somebody may have used nohup to be spared just that.
  if (process.stdout.isTTY) process.on('SIGHUP', () => process.kill(process.pid, 'SIGTERM'))
  welcome(await startOnOneMachine(settings, terminal), terminal)
} catch (error) {
  terminal.say(`\n${explain(error)}`)
  process.exit(1)
}

function welcome({ url, appUrl, credentials }: OneMachine, terminal: Terminal): void {
  terminal.say(`\nReady at ${appUrl ?? url}\n`)
  if (credentials) {
    const { owner, schools } = credentials
    terminal.table([
      ['who', 'school', 'sign in as', 'password', ''],
      ['owner', '', owner.email, owner.password, ''],
      ...schools.flatMap((school) =>
        (['admin', 'teacher', 'student', 'parent'] as const).map((role) => [
          role,
          school.code,
          school[role].username,
          school[role].password,
          school[role].teacherId ? `teacher ID ${school[role].teacherId}` : '',
        ]),
      ),
    ])
  }
  terminal.say(
    `\nNext: bash scripts/main-job.sh walks the main job; ${url}/docs lists the API. Ctrl-C stops everything.`,
  )
}
