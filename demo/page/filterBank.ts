// The picture of the introduction: which kernels of a layer are 3 × 3 and which 1 × 1.

const CHANNELS = 16;
const FILTERS = 8;
const PART = 4;
/** Units of the drawing: a tap, the gap between two, a kernel with its margin. */
const TAP = 5;
const STEP = 6;
const KERNEL = 3 * STEP + 4;

export function drawFilterBank(svg: SVGElement): void {
  svg.setAttribute('viewBox', `0 0 ${CHANNELS * KERNEL - 4} ${FILTERS * KERNEL - 4}`);
  for (let filter = 0; filter < FILTERS; filter++) {
    for (let channel = 0; channel < CHANNELS; channel++) {
      const whole = channel % PART === filter % PART;
      for (let tap = 0; tap < 9; tap++) {
        const [row, column] = [Math.floor(tap / 3), tap % 3];
        const kept = whole || tap === 4;
        const rectangle = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
        const place = { x: channel * KERNEL + column * STEP, y: filter * KERNEL + row * STEP, width: TAP, height: TAP };
        for (const [name, value] of Object.entries(place)) rectangle.setAttribute(name, String(value));
        rectangle.setAttribute('class', whole ? 'whole' : kept ? 'point' : 'saved');
        svg.append(rectangle);
      }
    }
  }
}
