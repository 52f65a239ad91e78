% rebase("layout.tpl", title=t("start.opening"), is_locked=True, refresh=True)
<section id="state" class="state tone-busy">
  <div class="state-icon">
    % include("icon.tpl", name="busy")
  </div>
  <div class="state-words" role="status">
    <h1 class="headline">{{t("start.opening")}}</h1>
    <p>{{t("start.opening.detail")}}</p>
  </div>
</section>
