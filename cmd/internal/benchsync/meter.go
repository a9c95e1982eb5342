package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
)

// meter (计量) stands between a program that fetches and a server, and counts what passes: every byte of every request and answer,
// headers among them, by what was asked for. Whoever asks must wait for an answer before he asks again on the same connection.
type meter struct {
	listener net.Listener
	to       string

	mu       sync.Mutex
	requests int
	bytes    map[string]int64 // by path
	wait     sync.WaitGroup
	err      error
}

// newMeter opens a meter at an address, before the server at another.
func newMeter(at, to string) (*meter, error) {
	l, err := net.Listen("tcp", at)
	if err != nil {
		return nil, err
	}
	m := &meter{listener: l, to: to, bytes: map[string]int64{}}
	m.wait.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return // it was closed
			}
			m.wait.Go(func() { m.note(m.pass(c)) })
		}
	})
	return m, nil
}

func (m *meter) url() string { return "http://" + m.listener.Addr().String() + "/" }

// close ends the counting. Connections that are still open are the caller's to have ended.
func (m *meter) close() error {
	err := m.listener.Close()
	m.wait.Wait()
	return errors.Join(err, m.err)
}

func (m *meter) note(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.err = errors.Join(m.err, err)
}

func (m *meter) count(path string, requests, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests += requests
	m.bytes[path] += int64(n)
}

// sum adds up what passed for paths of which want is true.
func (m *meter) sum(want func(path string) bool) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	var n int64
	for path, b := range m.bytes {
		if want(path) {
			n += b
		}
	}
	return n
}

// pass carries one connection.
func (m *meter) pass(client net.Conn) error {
	defer client.Close()
	server, err := net.Dial("tcp", m.to)
	if err != nil {
		return err
	}
	defer server.Close()
	var mu sync.Mutex
	asked := ""
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		defer client.Close()
		b := make([]byte, 64<<10)
		for {
			n, err := server.Read(b)
			mu.Lock()
			path := asked
			mu.Unlock()
			m.count(path, 0, n)
			if _, bad := client.Write(b[:n]); err != nil || bad != nil {
				return
			}
		}
	}()
	err = m.requestsOf(client, func(path string, head []byte) error {
		mu.Lock()
		asked = path
		mu.Unlock()
		m.count(path, 1, len(head))
		_, err := server.Write(head)
		return err
	})
	server.Close()
	<-answered
	return err
}

// requestsOf calls f with the head of each request. None has a body.
func (m *meter) requestsOf(client io.Reader, f func(path string, head []byte) error) error {
	in := bufio.NewReader(client)
	for {
		var head []byte
		for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
			line, err := in.ReadSlice('\n')
			head = append(head, line...)
			if err != nil {
				return nil // whoever asked is gone
			}
		}
		words := strings.Fields(string(head[:bytes.IndexByte(head, '\n')]))
		if len(words) != 3 || words[0] != "GET" {
			return fmt.Errorf("meter: %q", words)
		}
		if err := f(strings.TrimPrefix(words[1], "/"), head); err != nil {
			return nil // the server is gone, as whoever asked will find
		}
	}
}
