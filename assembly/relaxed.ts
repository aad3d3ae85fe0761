// What only the relaxed binary exports, beside everything in index.ts.
export { f32_conv_6x8 } from './f32/convRelaxed';
