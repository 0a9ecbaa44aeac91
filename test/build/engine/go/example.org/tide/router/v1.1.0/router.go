// Package router serves nothing yet: every path is unknown.
package router

import "net/http"

// New is a handler without routes.
func New() http.Handler {
	return http.NotFoundHandler()
}
