import { readFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'

/** What the numbers were measured on: no name of it. */
export function machineWords(): string {
  const gigabytes = Math.round(totalmem() / 1024 ** 3)
  const [load = 0] = loadavg()
  return `${cpus().length} cores, ${gigabytes} GB, ${process.platform} ${process.arch}, Node ${process.versions.node}; load before the start ${load.toFixed(2)}`
}

/** The most memory that a process ever held, in MB: VmHWM of /proc/PID/status (proc(5)); NaN where there is no /proc. */
export function peakMemory(pid: number): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(aboutProcess(pid, 'status')) ?? []
  return Number(kilobytes) / 1024
}

/** Seconds of processor time that a process has used: user and system time of /proc/PID/stat, in hundredths (proc(5)). */
export function processorSeconds(pid: number): number {
  const fields = aboutProcess(pid, 'stat').split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function aboutProcess(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return ''
    throw error
  }
}
