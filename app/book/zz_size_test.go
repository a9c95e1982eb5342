package book_test
import ("testing";"time")
func TestZZ(t *testing.T){ x:=exhibited(t); b:=open(t,x.path); _,s,_:=b.Sections(); sum:=0; for n,d:=range s {t.Log(n,len(d)); sum+=len(d)}; t.Log(sum,len(x.data), len(x.questions))
 t0:=time.Now(); for range 50 {x.try(x.path)}; t.Log(time.Since(t0)/50)
 for i,q:=range x.questions { t0:=time.Now(); for range 20 {q.ask(b)}; if d:=time.Since(t0)/20; d>60*time.Microsecond {t.Log(i,q.name,d)}}
}
