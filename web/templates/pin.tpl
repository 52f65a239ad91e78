% rebase("layout.tpl", title=t("pin.title"), server_name=server_name, here=here, script="secrets.mjs")
<section class="card setup" id="ask-pin">
  <h1>{{t("pin.title")}}</h1>
  <p class="lead">{{t("pin.why")}}</p>
  % include("pin_form.tpl", action="/pin", submit=t("action.go_on"))
</section>
