% rebase("layout.tpl", title=t("lock.title"), is_locked=True, here=here, script="locked.mjs")
<p id="lost" class="action-problem" role="alert" hidden>{{t("connection.lost")}}</p>
<section id="state" class="state tone-{{view.tone}}" data-state="{{view.state}}">
  <div class="state-icon">
    % include("icon.tpl", name=view.tone)
  </div>
  <div class="state-words">
    <p class="headline" id="serving">{{view.headline}}</p>
  </div>
</section>
<section class="card setup" id="locked">
  <h1>{{t("lock.title")}}</h1>
  <p class="lead">{{t("lock.serving")}}</p>
  % include("pin_form.tpl", action="/unlock", submit=t("action.unlock"))
</section>
