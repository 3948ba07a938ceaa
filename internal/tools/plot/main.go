// Command plot draws what the benchmark measured: a line for each row of its table, both axes logarithmic. It is a
// program of the tools' module, so that the library that draws stays out of the provider's.
package main

import (
	"encoding/json"
	"flag"
	"log"
	"os"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/plotutil"
	"gonum.org/v1/plot/vg"
)

// A line is one of the plot.
type line struct {
	Name   string
	Points [][2]float64 // N, seconds
}

func main() {
	log.SetFlags(0)
	points := flag.String("points", "", "file that the benchmark wrote the points to")
	svg := flag.String("svg", "", "file to draw into")
	flag.Parse()
	if err := draw(*points, *svg); err != nil {
		log.Fatal(err)
	}
}

func draw(points, svg string) error {
	encoded, err := os.ReadFile(points)
	if err != nil {
		return err
	}
	var lines []line
	if err := json.Unmarshal(encoded, &lines); err != nil {
		return err
	}
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = "instances", "CPU of Terraform and provider, in seconds"
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = sizes(lines), plot.LogTicks{Prec: -1}
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())
	for i, l := range lines {
		at := make(plotter.XYs, len(l.Points))
		for j, point := range l.Points {
			at[j].X, at[j].Y = point[0], point[1]
		}
		drawn, dots, err := plotter.NewLinePoints(at)
		if err != nil {
			return err
		}
		drawn.Color, drawn.Dashes = plotutil.Color(i), plotutil.Dashes(i)
		dots.Color, dots.Shape = plotutil.Color(i), plotutil.Shape(i)
		p.Add(drawn, dots)
		p.Legend.Add(l.Name, drawn, dots)
	}
	p.X.Max *= 1.1 // room for the last size's label
	p.Y.Max *= 2   // and below the legend
	return p.Save(9*vg.Inch, 6*vg.Inch, svg)
}

// sizes marks what was measured, and no powers of ten between.
func sizes(lines []line) plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for _, l := range lines[:min(1, len(lines))] { // all have the same
		for _, point := range l.Points {
			ticks = append(ticks, plot.Tick{Value: point[0], Label: strconv.FormatFloat(point[0], 'f', -1, 64)})
		}
	}
	return ticks
}
