import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useSchool } from '#src/lib/school/school-context.tsx'
import classes from './timetable.module.css'

/** Whoever teaches a lesson opens its register; to everybody else there is nothing behind it. */
export function LessonLink({ id, children }: { id: string; children: ReactNode }) {
  const { user, link } = useSchool()
  if (user.role !== 'TEACHER') return <div className={classes.inside}>{children}</div>
  return (
    <Link to={link(`/register/${id}`)} className={classes.inside}>
      {children}
    </Link>
  )
}
