using Audrey.Core.Limits;
using Microsoft.Extensions.Options;

namespace Audrey.Gateway.Settings;

/// <summary>Holds <see cref="DocumentLimits"/> to the ranges that they document.</summary>
internal sealed class DocumentLimitsValidator : IValidateOptions<DocumentLimits>
{
    public const string Section = "Audrey:Limits";

    public ValidateOptionsResult Validate(string? name, DocumentLimits options)
    {
        var problems = DocumentLimitsValidation.Problems(options);
        return problems.IsEmpty ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems.Select(problem => $"{Section}:{problem}."));
    }
}
