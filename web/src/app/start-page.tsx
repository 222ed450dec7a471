import { Navigate } from 'react-router'
import { readLastSchool } from '#src/lib/last-school.ts'
import { useSite } from '#src/lib/site-context.tsx'

/** `/app/`: to the school one was at last; whoever is not signed in there lands at its sign-in. */
export function StartPage() {
  const site = useSite()
  const code = site.kind === 'school' ? site.code : readLastSchool()?.code
  return <Navigate replace to={code ? `/school/${code}` : '/login'} />
}
