/// How the page looks: on paper, by day and by night, from a telephone's width on.
enum ReportStyleSheet {
    static let css: StaticString = """
        :root {
          color-scheme: light dark;
          --paper: #fdfdfc; --card: #f4f5f6; --ink: #1b1f24; --soft: #59616d; --line: #dfe2e6; --accent: #1d5bb8;
          --good: #17713f; --good-back: #e4f3ea; --bad: #ad1f2d; --bad-back: #fbe9ea; --warn: #7d5100;
          --warn-back: #fbf1dc; --fault: #b4740e; --fault-back: #fbf0da;
          --s0: #1d5bb8; --s1: #b8430b; --s2: #17713f; --s3: #7b2cbf; --s4: #0c6b80; --s5: #a0217c; --s6: #7a4a0a;
          --s7: #4b5563;
          --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
          --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #14171b; --card: #1c2126; --ink: #e6e9ed; --soft: #a3abb7; --line: #2f363e; --accent: #82b1f7;
            --good: #69cf96; --good-back: #16302280; --bad: #ff938d; --bad-back: #3c1d2180; --warn: #e6b968;
            --warn-back: #382b1380; --fault: #d9a444; --fault-back: #3a2e17;
            --s0: #82b1f7; --s1: #f2925a; --s2: #69cf96; --s3: #c79af5; --s4: #62c6dc; --s5: #f08bcb; --s6: #d9b066;
            --s7: #b4bcc8;
          }
        }
        *, *::before, *::after { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: smooth; }
        body {
          margin: 0 auto; max-width: 1360px; padding: 40px clamp(16px, 4vw, 56px) 64px; background: var(--paper);
          color: var(--ink); font: 16px/1.55 var(--sans); font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
        }
        h1, h2, h3, h4, h5, p, dl, dd, ul, ol, figure, table, pre { margin: 0; padding: 0; }
        h1 { font-size: clamp(1.9rem, 5vw, 2.6rem); line-height: 1.15; letter-spacing: -0.02em; font-weight: 680; }
        h2 { font-size: 1.3rem; line-height: 1.3; letter-spacing: -0.01em; font-weight: 650; }
        h3 { font-size: 1.06rem; line-height: 1.4; font-weight: 650; }
        h4 { font-size: 0.94rem; line-height: 1.4; font-weight: 650; }
        h5 { font-size: 0.88rem; line-height: 1.4; font-weight: 650; }
        a { color: var(--accent); text-underline-offset: 3px; }
        p, dd, figcaption { text-wrap: pretty; }
        code, pre { font-family: var(--mono); font-size: 0.92em; }
        .note { color: var(--soft); font-size: 0.86rem; font-weight: 400; }
        .patterns { position: absolute; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 2px; }

        .eyebrow { color: var(--soft); font-size: 0.8rem; letter-spacing: 0.09em; text-transform: uppercase; }
        .outcome { display: flex; flex-wrap: wrap; align-items: baseline; gap: 6px 12px; margin-top: 12px; font-size: 1.06rem; }
        .verdict { display: inline-flex; gap: 6px; padding: 1px 10px; border-radius: 99px; font-size: 0.88rem; font-weight: 620; white-space: nowrap; }
        .verdict.holds { color: var(--good); background: var(--good-back); }
        .verdict.violated { color: var(--bad); background: var(--bad-back); }
        .verdict.unknown { color: var(--warn); background: var(--warn-back); }
        .verdict.not-applicable { color: var(--soft); background: var(--card); }
        .warning { margin-top: 12px; padding: 8px 14px; border-left: 3px solid var(--warn); background: var(--warn-back); max-width: 76ch; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(132px, 1fr)); gap: 24px 28px; margin-top: 36px; }
        .figures > div { border-top: 2px solid var(--ink); padding-top: 10px; min-width: 0; }
        .figures dt { color: var(--soft); font-size: 0.86rem; }
        .figures .value { font-size: 1.7rem; line-height: 1.25; font-weight: 620; letter-spacing: -0.02em; }
        .figures .unit { white-space: nowrap; color: var(--soft); font-size: 0.94rem; }
        .figures .note { display: block; line-height: 1.4; margin-top: 2px; overflow-wrap: break-word; }

        .option { white-space: nowrap; }
        @media (max-width: 560px) { .figures .value { font-size: 1.45rem; } }

        nav { display: flex; flex-wrap: wrap; gap: 4px 22px; margin-top: 36px; padding: 12px 0; border-block: 1px solid var(--line); font-size: 0.92rem; }
        nav a { text-decoration: none; padding: 3px 0; }
        nav a:hover { text-decoration: underline; }

        section { padding: 44px 0; border-bottom: 1px solid var(--line); }
        .heading p { color: var(--soft); font-size: 0.92rem; line-height: 1.5; margin-top: 6px; max-width: 64ch; }
        .content { min-width: 0; margin-top: 24px; }
        .content > * + * { margin-top: 28px; }
        .content > * + p, .content > p + * { margin-top: 14px; }
        .content > h3 + * { margin-top: 10px; }
        @media (min-width: 1200px) {
          section { display: grid; grid-template-columns: 208px minmax(0, 1fr); gap: 48px; }
          .heading { position: sticky; top: 24px; align-self: start; }
          .content { margin-top: 2px; }
        }

        table { width: 100%; border-collapse: collapse; font-size: 0.92rem; line-height: 1.45; }
        th, td { text-align: left; vertical-align: baseline; padding: 8px 20px 8px 0; border-bottom: 1px solid var(--line); }
        th:last-child, td:last-child { padding-right: 0; }
        thead th { color: var(--soft); font-size: 0.82rem; font-weight: 500; padding-top: 0; overflow-wrap: normal; }
        tbody th { font-weight: 600; }
        tbody tr:last-child > * { border-bottom: 0; }
        .number, .scroll td { text-align: right; white-space: nowrap; }
        caption { text-align: left; color: var(--soft); font-size: 0.86rem; padding-bottom: 8px; }
        .stacked caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .stacked th, .stacked td { min-width: 5.8em; }
        .stacked tbody th { min-width: 7em; }
        .verdicts tbody th { min-width: 10em; }
        .operators tbody th { max-width: 16em; }
        .scroll { overflow-x: auto; max-width: 100%; }
        .scroll th, .scroll td { white-space: nowrap; overflow-wrap: normal; }
        .scroll th, .scroll td { padding-right: 0; padding-left: 22px; }
        .scroll th:first-child { padding-left: 0; }
        .scroll tbody th { max-width: 22em; min-width: 6em; white-space: normal; overflow-wrap: anywhere; }
        .bar { display: block; min-width: 90px; overflow: hidden; }
        .bar rect { fill: var(--accent); }
        @media (max-width: 860px) {
          .stacked, .stacked tbody { display: block; }
          .stacked thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
          .stacked tr { display: block; padding: 12px 0; border-bottom: 1px solid var(--line); }
          .stacked tr:first-child { padding-top: 0; }
          .stacked tr:last-child { border-bottom: 0; }
          .stacked th, .stacked td, .stacked tbody th { display: block; min-width: 0; max-width: none; padding: 2px 0; border: 0; text-align: left; }
          .stacked td { display: grid; grid-template-columns: 34% minmax(0, 1fr); gap: 12px; white-space: normal; }
          .stacked td::before { content: attr(data-label); color: var(--soft); font-size: 0.86rem; }
          .stacked td > * { justify-self: start; }
          .stacked.verdicts tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2px 12px; }
          .verdicts td { display: block; }
          .verdicts td:last-child { grid-column: 1 / -1; }
          .verdicts td::before, .operators td::before { content: none; }
          .stacked.operators tr { display: grid; grid-template-columns: minmax(0, 1fr) auto 3.4em; gap: 2px 12px; }
          .operators td { display: block; }
          .operators .number { text-align: right; }
          .operators td:nth-child(2) { grid-row: 2; grid-column: 1 / -1; }
          .operators td:nth-child(5) { grid-row: 3; grid-column: 1 / 2; color: var(--soft); }
          .operators td:nth-child(5)::before { content: "services: "; }
          .operators td:nth-child(6) { grid-row: 3; grid-column: 2 / -1; text-align: right; }
        }

        .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 168px), 1fr)); gap: 16px 28px; }
        @media (max-width: 560px) { .facts { grid-template-columns: repeat(auto-fit, minmax(min(100%, 132px), 1fr)); } }
        .facts dt { color: var(--soft); font-size: 0.82rem; }
        .facts dd { line-height: 1.45; }
        .callout { border-left: 3px solid var(--bad); background: var(--bad-back); padding: 12px 18px; }
        .callout.unjudged { border-color: var(--warn); background: var(--warn-back); }
        .callout ul { padding-left: 1.1em; margin-top: 4px; }
        .command { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--card); border-radius: 6px; padding: 10px 14px; margin-top: 8px; line-height: 1.5; }
        .command code { user-select: all; }
        .command::before { content: "$ "; color: var(--soft); }
        details { margin-top: 12px; }
        summary { cursor: pointer; color: var(--accent); font-size: 0.92rem; width: fit-content; padding: 3px 0; }
        details[open] > summary { margin-bottom: 10px; }
        details > * + * { margin-top: 20px; }

        article + article { margin-top: 40px; padding-top: 36px; border-top: 1px solid var(--line); }
        article > * + * { margin-top: 20px; }
        article > h3 + * { margin-top: 12px; }
        .what { font-weight: 400; }
        h3 .what::before, h4 .note::before, .lane-of-one .note::before { content: " "; }
        h4 .note { margin-left: 10px; }
        .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 360px), 1fr)); gap: 16px; margin-top: 12px; }
        .card { background: var(--card); border-radius: 8px; padding: 16px 18px; min-width: 0; }
        .card > * + * { margin-top: 10px; }
        .card p { font-size: 0.92rem; }
        .card .command { background: var(--paper); }
        .evidence > p { margin-top: 4px; }
        .evidence .check { margin-top: 14px; }
        .fields > div + div { margin-top: 8px; }
        .fields dt { color: var(--soft); font-size: 0.82rem; }
        .fields dd { line-height: 1.4; }
        .fields .sign { color: var(--bad); font-weight: 700; margin-left: 6px; }
        .differ code { font-weight: 650; }

        .plot { padding: 0 18px 28px 76px; }
        svg { display: block; overflow: visible; }
        .field, .lane { overflow: visible; }
        .grid { stroke: var(--line); stroke-width: 1; shape-rendering: crispEdges; }
        .tick { fill: var(--soft); font: 12px var(--sans); font-variant-numeric: tabular-nums; text-anchor: middle; }
        .tick.vertical { text-anchor: end; }
        .field path, .field line, .lane path { vector-effect: non-scaling-stroke; }
        .dots { fill: none; stroke: var(--accent); stroke-width: 4; stroke-linecap: round; }
        .dots.many { stroke-width: 3; stroke-opacity: 0.72; }
        .area { fill: var(--accent); fill-opacity: 0.28; }
        .middle { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; }
        .lane path { fill: none; stroke-width: 2; }
        .missed path { stroke: var(--bad); }
        .open path { stroke: var(--soft); stroke-dasharray: 2 2; }
        #fault-hatch .under { fill: var(--fault-back); fill-opacity: 0.6; }
        #fault-hatch .over { stroke: var(--fault); stroke-width: 1.2; stroke-opacity: 0.55; }
        #lost-hatch .under { fill: var(--bad-back); }
        #lost-hatch .over { stroke: var(--bad); stroke-width: 3; }
        .fault { fill: url(#fault-hatch); }
        .panel .fault { opacity: 0.65; }
        .flag line { stroke: var(--bad); stroke-width: 1.5; }
        .flag rect { fill: var(--bad); }
        .flag text { fill: var(--paper); font: 650 12px var(--sans); text-anchor: middle; }
        .panel + .panel, .panel + details, details .panel { margin-top: 20px; }
        .panel h4 { margin-bottom: 10px; }
        .timeline h3, .percentiles h3 { margin-bottom: 12px; }
        .lanes { margin-top: 12px; }
        .lane-of-one { margin-top: 8px; }
        .lane-of-one p { font-size: 0.92rem; padding-bottom: 4px; }
        .lane-of-one .plot { padding-bottom: 2px; }
        .injection path { fill: var(--fault); stroke: var(--paper); stroke-width: 1; }
        .events { list-style: none; display: flex; flex-wrap: wrap; gap: 6px 28px; margin-top: 16px; font-size: 0.92rem; }
        .events li { display: flex; gap: 8px; align-items: baseline; min-width: 0; }
        .events .number { background: var(--bad); color: var(--paper); font-size: 0.78rem; font-weight: 650; border-radius: 9px; padding: 0 7px; }
        .events .when { color: var(--soft); white-space: nowrap; }
        figcaption { color: var(--soft); font-size: 0.86rem; line-height: 1.5; max-width: 92ch; margin-top: 16px; }
        .percentiles { display: grid; gap: 32px; }
        .percentiles > * { min-width: 0; }
        .percentiles .scroll + .note { margin-top: 12px; }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: 6px 24px; font-size: 0.92rem; margin-top: 4px; }
        .legend li { display: flex; gap: 10px; align-items: center; min-width: 0; }
        .legend svg { flex: none; }
        .line, .rise { fill: none; stroke-width: 2.25; stroke-linejoin: round; }
        .rise { stroke-dasharray: 2 4; }
        .limit { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 1 4; }
        .mark path { fill: var(--paper); stroke-width: 2; }
        .line.other { stroke: var(--soft); stroke-width: 1; stroke-opacity: 0.6; }
        .series-0 { stroke: var(--s0); } .series-1 { stroke: var(--s1); } .series-2 { stroke: var(--s2); }
        .series-3 { stroke: var(--s3); } .series-4 { stroke: var(--s4); } .series-5 { stroke: var(--s5); }
        .series-6 { stroke: var(--s6); } .series-7 { stroke: var(--s7); }
        .line.series-1 { stroke-dasharray: 9 4; } .line.series-2 { stroke-dasharray: 2 4; }
        .line.series-3 { stroke-dasharray: 9 4 2 4; } .line.series-4 { stroke-dasharray: 16 4; }
        .line.series-5 { stroke-dasharray: 5 5; } .line.series-6 { stroke-dasharray: 9 3 2 3 2 3; }
        .line.series-7 { stroke-dasharray: 1 2; }

        .seats > p { margin-top: 4px; }
        .seat { margin-top: 16px; }
        .stake-bar p { display: flex; flex-wrap: wrap; gap: 0 14px; align-items: baseline; font-size: 0.92rem; }
        .stake-bar + .stake-bar { margin-top: 8px; }
        .stake-bar .name { font-weight: 600; min-width: 3.6em; }
        .stake-bar .note { margin-left: auto; }
        .piece { fill: var(--accent); fill-opacity: 0.5; stroke: var(--paper); stroke-width: 1.5; }
        .piece.lost { fill: url(#lost-hatch); fill-opacity: 1; }
        .quorum { stroke: var(--ink); stroke-width: 2; }
        .seat > .note { margin-top: 8px; }

        footer { color: var(--soft); font-size: 0.86rem; padding-top: 28px; }
        footer p + p { margin-top: 4px; }

        @media print {
          :root { --paper: #fff; --card: #f4f5f6; --ink: #000; --soft: #444; --line: #ccc; }
          body { max-width: none; padding: 0; font-size: 10pt; }
          nav { display: none; }
          section { display: block; padding: 18pt 0; }
          .heading { position: static; }
          .content { margin-top: 10pt; }
          .scroll { overflow: visible; }
          .card, tr, .seat, .panel, figure svg { break-inside: avoid; }
          h2, h3, h4, h5 { break-after: avoid; }
          * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          details::details-content { content-visibility: visible; height: auto; }
        }
        """
}
