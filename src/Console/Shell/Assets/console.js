// Draws the charts of a page. What they show comes as data beside a table with the same figures; colours come from the theme.
(() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const optionsOf = (chart) => {
    const ink = colour("--ink-soft");
    const line = colour("--line");
    const palette = [1, 2, 3, 4, 5, 6].map((n) => colour(`--series-${n}`));
    const axis = (index) => ({
      type: "value",
      splitLine: { show: index === 0, lineStyle: { color: line } },
      axisLabel: { color: ink },
      minInterval: 1,
    });
    return {
      animation: false,
      color: palette,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 8, right: 8, top: chart.names.length > 1 ? 36 : 14, bottom: 4, containLabel: true },
      legend: { show: chart.names.length > 1, top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 8, textStyle: { color: ink } },
      tooltip: {
        trigger: "axis",
        renderMode: "richText",
        backgroundColor: colour("--surface"),
        borderColor: line,
        textStyle: { color: colour("--ink") },
      },
      xAxis: {
        type: "category",
        data: chart.days,
        boundaryGap: chart.kind !== "line" || chart.twoAxes,
        axisLine: { lineStyle: { color: line } },
        axisTick: { show: false },
        axisLabel: { color: ink, hideOverlap: true },
      },
      yAxis: chart.twoAxes ? [axis(0), axis(1)] : axis(0),
      series: chart.values.map((data, index) => ({
        name: chart.names[index],
        data,
        // Of two with different measures the second is drawn as bars, behind the line.
        type: chart.kind === "line" && !(chart.twoAxes && index > 0) ? "line" : "bar",
        z: 3 - index,
        stack: chart.kind === "stack" ? "all" : undefined,
        yAxisIndex: chart.twoAxes && index > 0 ? 1 : 0,
        showSymbol: data.length < 3,
        smooth: 0.3,
        smoothMonotone: "x",
        lineStyle: { width: 2.5 },
        barMaxWidth: 22,
        itemStyle: { borderRadius: chart.kind === "stack" ? 0 : [3, 3, 0, 0], opacity: chart.twoAxes && index > 0 ? 0.45 : 1 },
        areaStyle: chart.kind === "line" && index === 0 ? { opacity: 0.12 } : undefined,
      })),
    };
  };

  const charts = [...document.querySelectorAll("[data-chart]")].map((element) => {
    const chart = echarts.init(element, null, { renderer: "svg" });
    const data = JSON.parse(element.dataset.chart);
    const draw = () => chart.setOption(optionsOf(data));
    draw();
    new ResizeObserver(() => chart.resize()).observe(element);
    element.dataset.drawn = "true";
    return draw;
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => charts.forEach((draw) => draw()));
})();
