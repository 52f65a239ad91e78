% rebase("layout.tpl", title=title, script=script, server_name=server_name, here=here)
<section id="lost" class="state tone-bad" role="alert" hidden>
  <div class="state-icon">
    % include("icon.tpl", name="unplugged")
  </div>
  <div class="state-words">
    <p class="headline" id="lost-headline" data-over="{{t("connection.session_over")}}" data-lost="{{t("connection.lost")}}"></p>
    <p id="lost-detail">{{t("connection.lost.detail")}}</p>
  </div>
</section>
<p id="action-problem" class="action-problem" role="alert" hidden></p>
<div id="live" class="live" data-etag="{{etag}}" data-part="{{part}}">
{{!fragment}}
</div>
