/** Drawn here, as lines in a square of 20: what each picture is, by name. */
const PATHS = {
  hash: 'M8 3 6.5 17M14 3l-1.5 14M3.5 7.5h14M2.5 12.5h14',
  lock: 'M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  home: 'M3 9.5l7-6 7 6M5 8.5v8h10v-8',
  bolt: 'M11 2.5l-6.5 9h5l-1 6 7-9h-5z',
  send: 'M3 3.5 17.5 10 3 16.5 5 10zM5 10h6',
  thread: 'M3.5 4h13v9.5h-7l-3.5 3v-3h-2.5z',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  close: 'M5 5l10 10M15 5 5 15',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  back: 'M12.5 4l-6 6 6 6',
  down: 'M5 7.5l5 5 5-5',
  at: 'M13 10a3 3 0 1 1-3-3 3 3 0 0 1 3 3v1a2 2 0 0 0 4 0v-1a7 7 0 1 0-3 5.7',
  slash: 'M5 3h10a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM12 6l-4 8',
  download: 'M10 3v9M6 8.5l4 4 4-4M4 16.5h12',
  people:
    'M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 16.5c.5-3 2.5-4.5 5.5-4.5s5 1.5 5.5 4.5M13 4a3 3 0 0 1 0 5.4M15 12.4c1.8.6 2.7 2 3 4.1',
  eye: 'M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  expand: 'M11.5 3.5h5v5M16.5 3.5l-6 6M8 4H4v12h12v-4',
  check: 'M4.5 10.5 8 14l7.5-8',
  link: 'M8.5 11.5a3 3 0 0 0 4.2 0l3-3a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0l-3 3a3 3 0 0 0 4.2 4.2l1-1',
  trail: 'M8.7 14.4a5.7 5.7 0 1 0 0-11.4 5.7 5.7 0 0 0 0 11.4zM12.9 12.9l4.6 4.6M6 8.7h.01M8.7 8.7h.01M11.4 8.7h.01',
  bell: 'M5.5 13.5V9a4.5 4.5 0 0 1 9 0v4.5L16 15H4zM8.5 17.5h3',
}

const SVG = 'http://www.w3.org/2000/svg'

/** A picture by name; it says nothing to a screen reader. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg')
  const path = document.createElementNS(SVG, 'path')
  svg.setAttribute('viewBox', '0 0 20 20')
  svg.setAttribute('aria-hidden', 'true')
  svg.setAttribute('class', `icon icon-${name}`)
  path.setAttribute('d', PATHS[name])
  svg.append(path)
  return svg
}
