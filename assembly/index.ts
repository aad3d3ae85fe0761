// The exports of each kernel family, nothing else.
export * from './f32/copy';
