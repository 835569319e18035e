/** The one list of screens, in the order of the navigation: whatever is not here does not exist, neither for people nor for the tests that visit every screen. */
import { overviewScreen } from './overview/overview-screen.tsx'
import type { Screen } from './screen.ts'

export const screens: readonly Screen[] = [overviewScreen]
