//! Small landscapes for the practice letters, drawn by arithmetic: sky, sun, hills, water.

use anyhow::Result;

/// A colour in linear steps: red, green, blue.
type Colour = [f32; 3];

/// Sky above, sky at the horizon, far hills, near hills, water.
const PALETTES: [[Colour; 5]; 5] = [
    [[58., 96., 150.], [250., 196., 150.], [116., 110., 142.], [52., 66., 88.], [92., 112., 150.]],
    [[120., 178., 214.], [226., 238., 240.], [126., 164., 158.], [58., 106., 92.], [110., 166., 186.]],
    [[36., 44., 86.], [222., 132., 120.], [92., 72., 112.], [38., 36., 62.], [74., 66., 110.]],
    [[168., 196., 220.], [246., 242., 232.], [190., 204., 214.], [142., 162., 176.], [206., 220., 228.]],
    [[104., 150., 128.], [244., 224., 170.], [168., 140., 92.], [104., 88., 58.], [136., 150., 128.]],
];

/// A PNG of `width` × `height` pixels; the same seed draws the same picture.
pub fn landscape(width: u32, height: u32, seed: u32) -> Result<Vec<u8>> {
    let [top, horizon, far, near, water] = PALETTES.get(seed as usize % PALETTES.len()).copied().unwrap_or_default();
    let (w, h) = (width as f32, height as f32);
    let phase = (seed % 97) as f32 * 0.61;
    let sun = (w * (0.2 + 0.6 * ((seed % 100 * 37 % 100) as f32 / 100.)), h * 0.34, h * 0.085);
    let mut pixels = Vec::with_capacity((width * height * 3) as usize);
    for y in 0..height {
        for x in 0..width {
            let (fx, fy) = (x as f32, y as f32);
            let t = fx / w;
            let far_line = h * (0.52 - 0.07 * (t * 7. + phase).sin() - 0.035 * (t * 17. + phase * 2.).sin());
            let near_line = h * (0.64 - 0.06 * (t * 5. + phase * 3.).sin() - 0.02 * (t * 23. + phase).cos());
            let shore = h * 0.76;
            let glow = 1. - (((fx - sun.0).powi(2) + (fy - sun.1).powi(2)).sqrt() / (h * 0.6)).min(1.);
            let mut colour = mix(top, horizon, (fy / (h * 0.6)).min(1.));
            colour = mix(colour, [255., 236., 200.], glow * 0.45);
            if (fx - sun.0).powi(2) + (fy - sun.1).powi(2) < sun.2.powi(2) {
                colour = [255., 244., 220.];
            }
            if fy > far_line {
                colour = mix(far, horizon, 0.25);
            }
            if fy > near_line {
                colour = near;
            }
            if fy > shore {
                let ripple = ((fy - shore) * 0.9 + (t * 40. + phase).sin() * 2.).sin() * 0.08;
                let path = (1. - ((fx - sun.0).abs() / (h * 0.12)).min(1.)) * 0.5;
                colour = mix(
                    mix(water, horizon, 0.18 + ripple),
                    [255., 240., 210.],
                    path * (0.6 + ripple * 4.).clamp(0., 1.),
                );
            }
            pixels.extend(colour.map(|channel| channel.clamp(0., 255.) as u8));
        }
    }
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    encoder.write_header()?.write_image_data(&pixels)?;
    Ok(out)
}

fn mix(a: Colour, b: Colour, share: f32) -> Colour {
    [0, 1, 2].map(|i: usize| {
        let (from, to) = (a.get(i).copied().unwrap_or_default(), b.get(i).copied().unwrap_or_default());
        from + (to - from) * share
    })
}
