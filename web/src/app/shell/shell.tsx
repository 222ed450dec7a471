import { AppShell, Box, Burger, Drawer, Group, NavLink, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Notifications } from '@mantine/notifications'
import '@mantine/notifications/styles.css'
import type { ComponentType, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { NavLink as RouterLink, useLocation } from 'react-router'
import { AccountMenu, type AccountMenuProps } from './account-menu.tsx'
import classes from './shell.module.css'

export interface NavItem {
  to: string
  /** Fields of the address that stay from page to page: `?child=…`. */
  search?: string
  label: string
  icon: ComponentType<{ size?: number; 'aria-hidden'?: boolean }>
  /** Only the exact address is this item, not those below it. */
  end?: boolean
}

interface ShellProps {
  title: string
  nav: readonly NavItem[]
  account: AccountMenuProps
  children: ReactNode
}

/** How many items the bar at the bottom of a phone has room for. */
const BAR_ITEMS = 5

/** Header, navigation and content: a column on a wide screen; on a phone a bar at the bottom, or a drawer where it holds too much. */
export function Shell({ title, nav, account, children }: ShellProps) {
  const { t } = useTranslation()
  const [open, { toggle, close }] = useDisclosure(false)
  const inBar = nav.length <= BAR_ITEMS
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: true } }}
      footer={{ height: { base: inBar ? 60 : 0, sm: 0 } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a href="#content" className={classes.skip}>
        {t('shell.skip')}
      </a>
      <AppShell.Header className={classes.frame}>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap" miw={0}>
            {!inBar && (
              <Burger
                opened={open}
                onClick={toggle}
                hiddenFrom="sm"
                size="sm"
                aria-label={t('shell.navigation')}
              />
            )}
            <Text fw={650} truncate>
              {title}
            </Text>
          </Group>
          <AccountMenu {...account} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar
        p="sm"
        visibleFrom="sm"
        className={classes.frame}
        aria-label={t('shell.navigation')}
      >
        <NavColumn nav={nav} />
      </AppShell.Navbar>
      {!inBar && (
        <Drawer
          opened={open}
          onClose={close}
          size="xs"
          title={title}
          hiddenFrom="sm"
          closeButtonProps={{ 'aria-label': t('actions.close') }}
        >
          <nav aria-label={t('shell.navigation')}>
            <NavColumn nav={nav} onFollow={close} />
          </nav>
        </Drawer>
      )}
      <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
        <Box maw={1100} mx="auto">
          {children}
        </Box>
      </AppShell.Main>
      {inBar && (
        <AppShell.Footer hiddenFrom="sm" className={classes.frame}>
          <nav aria-label={t('shell.navigation')} className={classes.bar}>
            {nav.map(({ to, search = '', label, icon: Icon, end = false }) => (
              <RouterLink key={to} to={to + search} end={end} className={classes.barItem}>
                <Icon size={22} aria-hidden />
                <span>{label}</span>
              </RouterLink>
            ))}
          </nav>
        </AppShell.Footer>
      )}
      {/* Below dialogs: a message that passes must not cover what is being asked. */}
      <Notifications position="top-center" zIndex={150} />
    </AppShell>
  )
}

function NavColumn({ nav, onFollow }: { nav: readonly NavItem[]; onFollow?: () => void }) {
  const { pathname } = useLocation()
  return (
    <Stack gap={4}>
      {nav.map(({ to, search = '', label, icon: Icon, end = false }) => (
        <NavLink
          key={to}
          component={RouterLink}
          to={to + search}
          end={end}
          active={end ? pathname === to : pathname === to || pathname.startsWith(`${to}/`)}
          label={label}
          leftSection={<Icon size={20} aria-hidden />}
          onClick={onFollow}
          className={classes.columnItem}
        />
      ))}
    </Stack>
  )
}
