// The namespaces that nearly every endpoint uses. The other folders name them where they use them.
global using Audrey.Gateway.Answers;
global using Audrey.Gateway.Authentication;
global using Audrey.Gateway.Calls;
global using Audrey.Gateway.Problems;
global using Audrey.Gateway.Requests;
global using Audrey.Protocol.Version3;
global using Microsoft.AspNetCore.Builder;
global using Microsoft.AspNetCore.Http;
global using Microsoft.AspNetCore.Routing;
global using Orleans;
