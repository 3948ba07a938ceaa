package chaos

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
)

// A network connects providers with DemandFlow without a network, so that it can be used under a fake clock.
type network struct {
	accepted chan net.Conn
	closed   chan struct{}
	once     sync.Once
}

func newNetwork() *network {
	return &network{accepted: make(chan net.Conn), closed: make(chan struct{})}
}

// Accept makes it a net.Listener.
func (w *network) Accept() (net.Conn, error) {
	select {
	case conn := <-w.accepted:
		return conn, nil
	case <-w.closed:
		return nil, net.ErrClosed
	}
}

// Close makes it a net.Listener.
func (w *network) Close() error {
	w.once.Do(func() { close(w.closed) })
	return nil
}

// Addr makes it a net.Listener.
func (w *network) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "unix"} }

// connections are those of one provider process. When the process is killed, its connections end and it opens no other.
type connections struct {
	network *network
	mutex   sync.Mutex
	open    []net.Conn
	dead    bool
}

var errKilled = errors.New("the process was killed")

func (l *connections) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.dead {
		return nil, &net.OpError{Op: "dial", Err: errKilled}
	}
	ours, theirs := net.Pipe()
	select {
	case l.network.accepted <- theirs:
		l.open = append(l.open, ours)
		return ours, nil
	case <-l.network.closed:
		return nil, &net.OpError{Op: "dial", Err: net.ErrClosed}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *connections) cut() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.dead = true
	for _, conn := range l.open {
		conn.Close()
	}
	l.open = nil
}

// serve answers on the network until the returned function is called.
func (w *network) serve(handler http.Handler) (stop func()) {
	server := &http.Server{Handler: handler, ErrorLog: silent}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(w)
	}()
	return func() {
		server.Close()
		<-done
	}
}
