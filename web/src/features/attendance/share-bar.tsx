import type { CSSProperties } from 'react'
import classes from './attendance.module.css'
import { type Counts, STANDINGS } from './standing.ts'

/** How the entries of a time divide into the four: for the eye, the numbers stand beside it. */
export const ShareBar = ({ counts, size = 12 }: { counts: Counts; size?: number }) => (
  <div className={classes.bar} style={{ height: size }} aria-hidden>
    {STANDINGS.filter((standing) => counts[standing] > 0).map((standing) => (
      <span
        key={standing}
        className={classes[standing]}
        style={{ '--share': counts[standing] } as CSSProperties}
      />
    ))}
  </div>
)
