% if todo:
<ul class="todo" id="todo">
  % for link in todo:
  <li><a id="{{link.id}}" href="{{link.address}}?lang={{translator.language}}">{{link.label}}</a></li>
  % end
</ul>
% end
