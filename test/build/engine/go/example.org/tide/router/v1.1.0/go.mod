module example.org/tide/router

go 1.22
