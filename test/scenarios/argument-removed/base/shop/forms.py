from django import forms
from django.core.validators import FileExtensionValidator


class Upload(forms.ModelForm):
    document = forms.FileField(validators=[FileExtensionValidator(["pdf"])])
    note = forms.CharField()
    picture = forms.FileField()

    class Meta:
        model = Document
        fields = ["document", "note"]
