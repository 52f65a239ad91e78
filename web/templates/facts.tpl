% for fact in facts:
<div><dt>{{fact.label}}</dt><dd dir="auto" title="{{fact.exact or fact.value}}">{{fact.value}}</dd></div>
% end
