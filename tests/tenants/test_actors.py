def test_home(world):
    r = world.client("acme","admin").get("/")
    assert r.status_code==302 and r.url=="/t/acme/"
    assert world.staff_client("operator").get("/").url=="/msp/"
